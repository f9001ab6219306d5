"""What `sawt doctor` looks at, one file for each part."""
