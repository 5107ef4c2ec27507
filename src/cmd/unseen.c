#include "cmd/unseen.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static int terminal = -1;

/* tcsetattr, write and _exit may be called here (POSIX.1-2017, 2.4.3). */
static void
on_signal(int sig)
{
	static const char words[] =
	    "\nconfine: stopped before a password was read; nothing was done\n";

	(void)sig;
	(void)tcsetattr(terminal, TCSAFLUSH, &before);
	ssize_t put = write(STDERR_FILENO, words, sizeof words - 1);
	(void)put; /* nobody may listen any more */
	_exit(2);
}

static void catch (void (*handler)(int))
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		(void)sigaction(ends[i], &action, NULL);
}

bool
unseen_begin(int fd)
{
	struct termios unseen;

	if (!isatty(fd) || tcgetattr(fd, &before) != 0)
		return false;
	unseen = before;
	unseen.c_lflag &= ~(tcflag_t)ECHO;
	terminal = fd;
	catch (on_signal);
	(void)tcsetattr(fd, TCSAFLUSH, &unseen);
	return true;
}

void
unseen_end(void)
{
	(void)tcsetattr(terminal, TCSAFLUSH, &before);
	catch (SIG_DFL);
}
