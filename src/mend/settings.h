/* The settings that the worm changes, and those that close what it came by: for the
 * planner, which puts them back, and the gate, which lets nothing else through. */
#ifndef MEND_SETTINGS_H
#define MEND_SETTINGS_H

/* Below a control set. */
#define TCP_KEY "Services\\Tcpip\\Parameters"
#define TCP_VALUE "TcpNumConnections"
#define TCP_CONNECTIONS 0x00FFFFFEu
#define SAFEBOOT_KEY "Control\\SafeBoot"
#define LOG_KEY "Services\\EventLog\\Security"
#define LOG_SIZE "MaxSize"
#define LOG_KEEPS "Retention"
#define LOG_FAIR (10u << 20)

/* Below HKLM\SOFTWARE, or its half for 32-bit programs. */
#define VERSION_KEY "Microsoft\\Windows\\CurrentVersion"
#define RUN_KEY VERSION_KEY "\\Run"
#define SHOWALL_KEY VERSION_KEY "\\Explorer\\Advanced\\Folder\\Hidden\\SHOWALL"
#define SHOWALL_VALUE "CheckedValue"
#define DEFENDER_VALUE "Windows Defender"
#define DEFENDER_FILE "Windows Defender\\MSASCui.exe"
#define DEFENDER_COMMAND "%ProgramFiles%\\Windows Defender\\MSASCui.exe -hide"
#define NOTIFIER_KEY                         \
	VERSION_KEY                          \
	"\\explorer\\ShellServiceObjects\\{" \
	"FD6905CE-952F-41F1-9A6F-135D9C6622CC}"
#define MAPPING_KEY "Microsoft\\Windows NT\\CurrentVersion\\IniFileMapping\\Autorun.inf"
#define MAPPING_NOWHERE "@SYS:DoesNotExist"

#endif
