# Takes none of the dialects.
as smb1-off
says "negotiate" smb/resp-s1-negotiate-none
expect unknown smb1-off
