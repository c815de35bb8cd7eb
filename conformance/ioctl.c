/* ioctlsocket and WSAIoctl. */
#include "facts.h"

int main(void)
{
    start();
    u_long value = 1;
    DWORD bytes = 7, number = 1;
    PAIR pair = streams();

    INT("ioctl.FIONBIO", ioctlsocket(pair.a, FIONBIO, &value));
    INT("ioctl.FIONBIO.recv", recv(pair.a, (char[1]){ 0 }, 1, 0));
    value = 0;
    INT("ioctl.FIONBIO.off", ioctlsocket(pair.a, FIONBIO, &value));
    INT("ioctl.FIONBIO.null", ioctlsocket(pair.a, FIONBIO, NULL));
    INT("ioctl.FIONREAD", ioctlsocket(pair.b, FIONREAD, &value));
    fact("ioctl.FIONREAD.value", "%d", (int)value);
    NEED(send(pair.a, "abcde", 5, 0) == 5);
    await_readable(pair.b);
    INT("ioctl.FIONREAD.data", ioctlsocket(pair.b, FIONREAD, &value));
    fact("ioctl.FIONREAD.data.value", "%d", (int)value);
    INT("ioctl.FIONREAD.null", ioctlsocket(pair.b, FIONREAD, NULL));
    INT("ioctl.SIOCATMARK", ioctlsocket(pair.b, SIOCATMARK, &value));
    fact("ioctl.SIOCATMARK.value", "%d", (int)value);
    INT("ioctl.unknown", ioctlsocket(pair.b, 0x12345678, &value));
    INT("ioctl.0", ioctlsocket(pair.b, 0, &value));
    SOCKET d = bound(datagram()), e = bound(datagram());
    struct sockaddr_in to = name_of(d);
    INT("ioctl.SIOCATMARK.udp", ioctlsocket(d, SIOCATMARK, &value));
    NEED(sendto(e, "abc", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
    await_readable(d);
    INT("ioctl.FIONREAD.udp", ioctlsocket(d, FIONREAD, &value));
    fact("ioctl.FIONREAD.udp.value", "%d", (int)value);
    INT("ioctl.FIONREAD.listener", ioctlsocket(listener(), FIONREAD, &value));
    INT("ioctl.FIONREAD.not-connected", ioctlsocket(stream(), FIONREAD, &value));

    INT("WSAIoctl.FIONBIO", WSAIoctl(pair.a, FIONBIO, &number, sizeof number, NULL, 0, &bytes, NULL, NULL));
    fact("WSAIoctl.FIONBIO.bytes", "%d", (int)bytes);
    INT("WSAIoctl.FIONBIO.length-2", WSAIoctl(pair.a, FIONBIO, &number, 2, NULL, 0, &bytes, NULL, NULL));
    INT("WSAIoctl.FIONBIO.null", WSAIoctl(pair.a, FIONBIO, NULL, 4, NULL, 0, &bytes, NULL, NULL));
    INT("WSAIoctl.FIONBIO.null-bytes", WSAIoctl(pair.a, FIONBIO, &number, sizeof number, NULL, 0, NULL, NULL, NULL));
    INT("WSAIoctl.FIONREAD", WSAIoctl(pair.b, FIONREAD, NULL, 0, &number, sizeof number, &bytes, NULL, NULL));
    fact("WSAIoctl.FIONREAD.value", "%d, bytes %d", (int)number, (int)bytes);
    INT("WSAIoctl.FIONREAD.length-2", WSAIoctl(pair.b, FIONREAD, NULL, 0, &number, 2, &bytes, NULL, NULL));
    INT("WSAIoctl.unknown", WSAIoctl(pair.b, 0x12345678, NULL, 0, &number, sizeof number, &bytes, NULL, NULL));
    INT("WSAIoctl.SIO_FLUSH", WSAIoctl(pair.b, SIO_FLUSH, NULL, 0, NULL, 0, &bytes, NULL, NULL));

    GUID known = WSAID_ACCEPTEX, strange = { 1, 2, 3, { 4 } };
    void *function = NULL;
    INT("WSAIoctl.extension",
        WSAIoctl(pair.b, SIO_GET_EXTENSION_FUNCTION_POINTER, &known, sizeof known, &function, sizeof function, &bytes, NULL, NULL));
    fact("WSAIoctl.extension.bytes", "%d, %s", (int)bytes, function ? "a function" : "NULL");
    INT("WSAIoctl.extension-unknown",
        WSAIoctl(pair.b, SIO_GET_EXTENSION_FUNCTION_POINTER, &strange, sizeof strange, &function, sizeof function, &bytes, NULL,
                 NULL));
    INT("WSAIoctl.extension-short-guid",
        WSAIoctl(pair.b, SIO_GET_EXTENSION_FUNCTION_POINTER, &known, 4, &function, sizeof function, &bytes, NULL, NULL));
    INT("WSAIoctl.extension-short-room",
        WSAIoctl(pair.b, SIO_GET_EXTENSION_FUNCTION_POINTER, &known, sizeof known, &function, 2, &bytes, NULL, NULL));
    close_pair(pair);
    return 0;
}
