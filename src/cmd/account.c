#include "cmd/account.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"

#define LINE_ROOM 512

static enum err
refuse(const char *path, const char *what)
{
	fprintf(stderr, "confine: %s: %s\n", path, what);
	return ERR_REFUSED;
}

static enum err
open_secret(const char *path, FILE **f)
{
	struct stat st;

	*f = fopen(path, "re");
	if (!*f)
		return refuse(path, strerror(errno));
	if (fstat(fileno(*f), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
		fprintf(stderr, "confine: %s can be read by others; chmod 600 it\n",
		        path);
	return OK;
}

/* The line without its end; false at the end of the file. */
static bool
read_line(FILE *f, char line[LINE_ROOM])
{
	if (!fgets(line, LINE_ROOM, f))
		return false;
	line[strcspn(line, "\r\n")] = 0;
	return true;
}

/* What stands behind "key", blanks and "=", or NULL. */
static const char *
value_of(const char *line, const char *key)
{
	line += strspn(line, " \t");
	if (!text_begins(line, key))
		return NULL;
	line += strlen(key);
	line += strspn(line, " \t");
	if (*line != '=')
		return NULL;
	line++;
	return line + strspn(line, " \t");
}

static enum err
keep(char *to, size_t room, const char *value, const char *path)
{
	if (!text_copy(to, room, value))
		return refuse(path, "a name or password in it is too long");
	return OK;
}

static enum err
read_account_file(const char *path, struct smb_account *out)
{
	char line[LINE_ROOM];
	OWN(own_file) FILE *f = NULL;

	TRY(open_secret(path, &f));
	while (read_line(f, line)) {
		const char *user = value_of(line, "username");
		const char *password = value_of(line, "password");
		const char *domain = value_of(line, "domain");

		if (user)
			TRY(keep(out->user, sizeof out->user, user, path));
		if (password)
			TRY(keep(out->password, sizeof out->password, password, path));
		if (domain)
			TRY(keep(out->domain, sizeof out->domain, domain, path));
	}
	if (ferror(f))
		return refuse(path, "cannot be read");
	if (!out->user[0])
		return refuse(path, "has no line \"username = NAME\"");
	return OK;
}

static enum err
read_password_file(const char *path, struct smb_account *out)
{
	char line[LINE_ROOM];
	OWN(own_file) FILE *f = NULL;

	TRY(open_secret(path, &f));
	if (!read_line(f, line))
		return refuse(path, "is empty; its first line should be the password");
	return keep(out->password, sizeof out->password, line, path);
}

static enum err
ask_password(struct smb_account *out)
{
	char line[LINE_ROOM];
	struct termios before;
	struct termios quiet;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) {
		fprintf(stderr,
		        "confine: no password for %s; give it with "
		        "--password-file FILE or -A FILE\n",
		        out->user);
		return ERR_REFUSED;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Password of %s: ", out->user);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	bool got = read_line(stdin, line);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	if (!got)
		return ERR_REFUSED;
	return keep(out->password, sizeof out->password, line, "the password");
}

enum err
account_read(const struct account_ask *ask, struct smb_account *out, bool *given)
{
	*out = (struct smb_account){ .user = "" };
	*given = ask->user || ask->account_file;
	if (!*given) {
		if (!ask->password_file && !ask->domain)
			return OK;
		fprintf(stderr, "confine: a password or domain without an account; add "
		                "--user NAME\n");
		return ERR_REFUSED;
	}
	if (ask->account_file)
		TRY(read_account_file(ask->account_file, out));
	if (ask->user)
		TRY(keep(out->user, sizeof out->user, ask->user, "--user"));
	if (ask->domain)
		TRY(keep(out->domain, sizeof out->domain, ask->domain, "--domain"));
	if (ask->password_file)
		return read_password_file(ask->password_file, out);
	return ask->account_file ? OK : ask_password(out);
}
