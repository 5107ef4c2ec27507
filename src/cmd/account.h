/*
 * The account for a scan: from a file or asked for at the terminal, never from
 * the command line, where everybody on the machine could read the password.
 */
#ifndef CMD_ACCOUNT_H
#define CMD_ACCOUNT_H

#include <stdbool.h>

#include "base/err.h"
#include "wire/smb_talk.h"

struct account_ask {
	const char *user;
	const char *domain;
	const char *password_file; /* its first line */
	const char *account_file;  /* lines username=, password=, domain= */
};

/* *given is false where no account was asked for.  Refusals have been said. */
CHECKED enum err account_read(const struct account_ask *ask, struct smb_account *out,
                              bool *given);

#endif
