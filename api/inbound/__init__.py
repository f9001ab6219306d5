"""What came in, each message heard once."""
