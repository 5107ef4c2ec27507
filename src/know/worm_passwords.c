#include "know/worm_passwords.h"

#include <string.h>

#include "base/text.h"

static bool
is_same(const char *a, const char *b, bool any_case)
{
	return any_case ? text_same(a, b) : strcmp(a, b) == 0;
}

static bool
is_twice(const char *password, const char *name, size_t len, bool any_case)
{
	char half[2][256];

	if (strlen(password) != 2 * len || len >= sizeof half[0])
		return false;
	memcpy(half[0], password, len);
	memcpy(half[1], password + len, len);
	half[0][len] = half[1][len] = '\0';
	bool same = is_same(half[0], name, any_case) &&
	            is_same(half[1], name, any_case);
	explicit_bzero(half, sizeof half);
	return same;
}

/* Bytes, as the worm's own string routine would turn them. */
static bool
is_backwards(const char *password, const char *name, size_t len, bool any_case)
{
	char turned[256];

	if (strlen(password) != len || len >= sizeof turned)
		return false;
	for (size_t i = 0; i < len; i++)
		turned[i] = name[len - 1 - i];
	turned[len] = '\0';
	return is_same(password, turned, any_case);
}

enum password_guess
worm_password_guess(const char *password, const char *account, bool any_case)
{
	size_t len = strlen(account);

	if (password[0] == '\0')
		return PASSWORD_EMPTY;
	for (size_t i = 0; i < worm_passwords_count; i++) {
		if (is_same(password, worm_passwords[i].word, any_case))
			return PASSWORD_IN_LIST;
	}
	if (len == 0)
		return PASSWORD_NOT_GUESSED;
	if (is_same(password, account, any_case))
		return PASSWORD_IS_NAME;
	if (is_twice(password, account, len, any_case))
		return PASSWORD_IS_NAME_TWICE;
	return is_backwards(password, account, len, any_case)
	           ? PASSWORD_IS_NAME_BACKWARDS
	           : PASSWORD_NOT_GUESSED;
}
