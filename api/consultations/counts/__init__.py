"""What is counted of ballots, and which counts may be shown."""
