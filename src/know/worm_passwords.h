/*
 * Would the worm guess this password?  The rows of worm-passwords.tsv, and the
 * variations of the account's name that it tries beside them.
 */
#ifndef KNOW_WORM_PASSWORDS_H
#define KNOW_WORM_PASSWORDS_H

#include <stdbool.h>
#include <stddef.h>

struct worm_password {
	const char *word;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

/* All of them, sorted bytewise. */
extern const struct worm_password worm_passwords[];
extern const size_t worm_passwords_count;

enum password_guess {
	PASSWORD_NOT_GUESSED = 0,
	PASSWORD_EMPTY,
	PASSWORD_IN_LIST,
	PASSWORD_IS_NAME,
	PASSWORD_IS_NAME_TWICE,
	PASSWORD_IS_NAME_BACKWARDS,
};

/*
 * `account` may be "".  Windows keeps the letters' case, so the list is held against
 * it as it is written; the old LM form of a password does not, so what differs in
 * case only counts as guessed where `any_case`.
 */
enum password_guess worm_password_guess(const char *password, const char *account,
                                        bool any_case);

#endif
