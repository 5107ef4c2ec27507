# Busy for as long as we are ready to ask.
as xp-clean
says "open pipe" smb/resp-s1-create-pipe-not-available
expect unknown pipe-busy
within 5000
