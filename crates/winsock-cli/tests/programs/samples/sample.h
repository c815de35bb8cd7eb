/* What the sample programs share: their options, addresses as text, and the line of a call that failed. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <strsafe.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define XMALLOC(size) HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size)
#define XFREE(memory) HeapFree(GetProcessHeap(), 0, memory)
#define FAILED_CALL(call) fprintf(stderr, "%s failed: %d\n", call, WSAGetLastError())

/* Options of one letter behind - or /. A value is behind a colon, or the next argument. */
typedef struct {
  char **next;
  char *joined;
} OPTIONS;

/* The next option's letter; 0 at the end, and ? for what is no option. */
static inline int option(OPTIONS *options) {
  char *word = *options->next;
  if (word == NULL) return 0;
  options->next++;
  if ((word[0] != '-' && word[0] != '/') || word[1] == 0 || (word[2] != 0 && word[2] != ':')) return '?';
  options->joined = word[2] == ':' ? word + 3 : NULL;
  return tolower((unsigned char)word[1]);
}

static inline char *option_value(OPTIONS *options) {
  static char nothing[] = "";
  if (options->joined != NULL) return options->joined;
  return *options->next == NULL ? nothing : *options->next++;
}

/* The addresses to bind or to connect to; NULL after a line that says why. */
static inline struct addrinfo *resolve(char *name, char *port, int family, int type) {
  struct addrinfo hints, *found = NULL;
  ZeroMemory(&hints, sizeof hints);
  hints.ai_family = family;
  hints.ai_socktype = type;
  hints.ai_protocol = type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
  hints.ai_flags = name == NULL ? AI_PASSIVE : 0;
  if (getaddrinfo(name, port, &hints, &found) != 0) {
    FAILED_CALL("getaddrinfo");
    return NULL;
  }
  return found;
}

typedef struct {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
} NAMES;

static inline NAMES names_of(const void *address, int length) {
  NAMES names;
  if (getnameinfo((const SOCKADDR *)address, length, names.host, sizeof names.host, names.port, sizeof names.port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    StringCbCopy(names.host, sizeof names.host, "?"), StringCbCopy(names.port, sizeof names.port, "?");
  return names;
}

/* Started, with lines that appear as they are printed, whatever reads them. */
static inline BOOL start_sample(void) {
  WSADATA data;
  int error = WSAStartup(MAKEWORD(2, 2), &data);
  setvbuf(stdout, NULL, _IONBF, 0);
  if (error != 0) fprintf(stderr, "WSAStartup failed: %d\n", error);
  return error == 0;
}

#endif
