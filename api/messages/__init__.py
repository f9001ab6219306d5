"""The messages that residents read: what each is for, and corrections that staff make without a new release."""
