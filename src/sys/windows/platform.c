#include "sys/platform.h"

#include <io.h>
#include <windows.h>

void
platform_name(char out[PLATFORM_ROOM])
{
	snprintf(out, PLATFORM_ROOM, "Windows %s",
	         sizeof(void *) == 8 ? "x86_64" : "i686");
}

/*
 * GetVersionEx tells a program without a manifest that it runs on Windows 8 at
 * most; the call below it, in ntdll since Windows 2000, tells the truth.
 */
typedef LONG(WINAPI *version_call)(OSVERSIONINFOW *);

void
platform_kernel(char out[PLATFORM_ROOM])
{
	OSVERSIONINFOW v = { .dwOSVersionInfoSize = sizeof v };
	HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
	version_call get = NULL;

	if (ntdll)
		get = (version_call)(void (*)(void))GetProcAddress(ntdll,
		                                                   "RtlGetVersion");
	if (!get || get(&v) != 0) {
		out[0] = 0;
		return;
	}
	int len = snprintf(out, PLATFORM_ROOM, "%lu.%lu.%lu", v.dwMajorVersion,
	                   v.dwMinorVersion, v.dwBuildNumber);

	if (v.szCSDVersion[0] && len > 0)
		snprintf(out + len, PLATFORM_ROOM - (size_t)len, " %ls",
		         v.szCSDVersion);
}

/* The console behind a stream, or NULL. */
static HANDLE
console_of(FILE *f)
{
	HANDLE h = (HANDLE)_get_osfhandle(_fileno(f));
	DWORD mode = 0;

	return GetConsoleMode(h, &mode) ? h : NULL;
}

unsigned
platform_columns(FILE *f)
{
	CONSOLE_SCREEN_BUFFER_INFO info = { .dwSize = { 0, 0 } };
	HANDLE console = console_of(f);

	if (!console || !GetConsoleScreenBufferInfo(console, &info))
		return 0;
	/* A line as wide as the window would be followed by an empty one. */
	return info.dwSize.X > 1 ? (unsigned)info.dwSize.X - 1 : 0;
}

/*
 * A console shows its code page, and up to Windows 7 the C library loses bytes
 * when that is set to UTF-8; so it gets plain letters.
 */
bool
platform_takes_utf8(FILE *f)
{
	return console_of(f) == NULL;
}
