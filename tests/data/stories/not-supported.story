# Appliances and printers.
as xp-clean
says "open pipe" smb/resp-s1-create-not-supported
expect unknown not-supported
