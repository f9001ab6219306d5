"""Who gets a campaign: conditions on residents, quotas, topics, and one SQL query that selects the recipients."""
