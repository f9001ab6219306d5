"""Write what residents will read: preview, edit and test drafts of consultations, and assign words to options."""
