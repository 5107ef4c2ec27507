#include "cmd/account.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/unseen.h"

#define LINE_ROOM 512

/* `option`: how the file was named, for what to do. */
struct secret {
	FILE *file;
	const char *path;
	const char *option;
};

static enum err
refuse(const struct secret *s, const char *what)
{
	fprintf(stderr, "confine: %s %s: %s\n", s->option, s->path, what);
	return ERR_REFUSED;
}

static enum err
cannot_read(const struct secret *s)
{
	fprintf(stderr, "confine: cannot read %s: %s; name another file with %s\n",
	        s->path, strerror(errno), s->option);
	return ERR_REFUSED;
}

static enum err
open_secret(struct secret *s)
{
	s->file = fopen(s->path, "re");
	return s->file ? OK : cannot_read(s);
}

static void
warn_if_open(const struct secret *s)
{
	struct stat st;

	if (fstat(fileno(s->file), &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077))
		fprintf(stderr,
		        "confine: %s can be read by others, passwords and all; "
		        "chmod 600 it\n",
		        s->path);
}

static void
own_secret(struct secret *s)
{
	if (s->file)
		fclose(s->file);
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
keep(char *to, size_t room, const char *value, const struct secret *s)
{
	if (!text_copy(to, room, value))
		return refuse(s, "a name or password is too long; see whether it is "
		                 "the right one");
	return OK;
}

static enum err
read_account_file(const char *path, struct smb_account *out)
{
	char line[LINE_ROOM];
	OWN(own_secret) struct secret s = { NULL, path, "-A" };

	TRY(open_secret(&s));
	while (read_line(s.file, line)) {
		const char *user = value_of(line, "username");
		const char *password = value_of(line, "password");
		const char *domain = value_of(line, "domain");

		if (user)
			TRY(keep(out->user, sizeof out->user, user, &s));
		if (password)
			TRY(keep(out->password, sizeof out->password, password, &s));
		if (domain)
			TRY(keep(out->domain, sizeof out->domain, domain, &s));
	}
	if (ferror(s.file))
		return cannot_read(&s);
	if (!out->user[0])
		return refuse(&s,
		              "there is no line \"username = NAME\" in it; add one");
	warn_if_open(&s);
	return OK;
}

static enum err
read_password_file(const char *path, struct smb_account *out)
{
	char line[LINE_ROOM];
	OWN(own_secret) struct secret s = { NULL, path, "--password-file" };

	TRY(open_secret(&s));
	if (!read_line(s.file, line))
		return ferror(s.file) ? cannot_read(&s)
		                      : refuse(&s, "the file is empty; its first line "
		                                   "should be the password");
	TRY(keep(out->password, sizeof out->password, line, &s));
	warn_if_open(&s);
	return OK;
}

static enum err
ask_password(struct smb_account *out)
{
	char line[LINE_ROOM];
	struct secret terminal = { NULL, out->user, "--user" };

	if (!unseen_begin(STDIN_FILENO)) {
		fprintf(stderr,
		        "confine: no password for %s; give it with "
		        "--password-file FILE or -A FILE\n",
		        out->user);
		return ERR_REFUSED;
	}
	fprintf(stderr, "Password of %s: ", out->user);
	bool got = read_line(stdin, line);
	unseen_end();
	fputc('\n', stderr);
	if (!got)
		return refuse(&terminal, "no password; nothing was scanned");
	enum err err = keep(out->password, sizeof out->password, line, &terminal);
	explicit_bzero(line, sizeof line);
	return err;
}

enum err
account_read(const struct account_ask *ask, struct smb_account *out, bool *given)
{
	struct secret user = { NULL, ask->user, "--user" };
	struct secret domain = { NULL, ask->domain, "--domain" };

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
		TRY(keep(out->user, sizeof out->user, ask->user, &user));
	if (ask->domain)
		TRY(keep(out->domain, sizeof out->domain, ask->domain, &domain));
	if (ask->password_file)
		return read_password_file(ask->password_file, out);
	return ask->account_file ? OK : ask_password(out);
}
