"""The companies and gateways behind SMS, one file each: wire in, wire out."""
