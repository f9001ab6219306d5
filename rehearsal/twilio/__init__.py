"""A simulation of Twilio and of phones: REST API for messages, signed webhooks, TwiML, and status callbacks."""
