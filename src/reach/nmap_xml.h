/*
 * The hosts of an nmap XML report (-oX) that have TCP 445 or 139 open.  The XML
 * is decoded in the cage; only addresses come back.
 */
#ifndef REACH_NMAP_XML_H
#define REACH_NMAP_XML_H

#include "base/err.h"

/* `address` is the text of an IPv4 or IPv6 address, of nothing else. */
typedef enum err nmap_xml_host(void *arg, const char *path, const char *address);

/*
 * Calls `host` for each; "-" is standard input.  A report that was cut short
 * gives the hosts that are complete, with a warning; what is none has been
 * refused on standard error before any host is given.
 */
CHECKED enum err nmap_xml_read(const char *path, nmap_xml_host *host, void *arg);

#endif
