"""The checks of `sawt doctor`, one file for each subject."""
