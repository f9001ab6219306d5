"""The messages that residents read: their purpose, and corrections by staff that need no release."""
