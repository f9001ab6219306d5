"""Who gets a campaign: conditions, quotas, topics, and a single classified selection in SQL."""
