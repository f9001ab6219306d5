"""The rules of this installation, such as budgets. They are stored in the database, and staff can change them."""
