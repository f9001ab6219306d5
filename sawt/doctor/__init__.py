"""The checks of `sawt doctor`, one file per subject."""
