#include "know/worm_passwords.h"

#include <string.h>

#include "base/text.h"

static bool
is_same(const char *a, const char *b, bool any_case)
{
	return any_case ? text_same(a, b) : strcmp(a, b) == 0;
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_same_letter(char a, char b, bool any_case)
{
	return any_case ? small(a) == small(b) : a == b;
}

static bool
is_twice(const char *password, const char *name, size_t len, bool any_case)
{
	if (strlen(password) != 2 * len)
		return false;
	for (size_t i = 0; i < 2 * len; i++) {
		if (!is_same_letter(password[i], name[i % len], any_case))
			return false;
	}
	return true;
}

/* Bytes, as the worm's own string routine would turn them. */
static bool
is_backwards(const char *password, const char *name, size_t len, bool any_case)
{
	if (strlen(password) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_same_letter(password[i], name[len - 1 - i], any_case))
			return false;
	}
	return true;
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
