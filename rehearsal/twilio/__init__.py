"""A simulation of Twilio: its REST API for messages, signed webhooks, TwiML, status callbacks, and the phones."""
