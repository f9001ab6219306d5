"""Who gets a campaign: conditions, quotas, topics, and one selection in SQL."""
