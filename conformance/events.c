/* Event objects of Winsock. */
#include "facts.h"

int main(void)
{
    start();
    DWORD waited;
    WSAEVENT event = HANDLE_OF("event.WSACreateEvent", WSACreateEvent());
    WAIT("event.new", WaitForSingleObject(event, 0));
    WAIT("event.new.WSAWait", WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE));
    BOOLEAN_OF("event.WSASetEvent", WSASetEvent(event));
    WAIT("event.set", WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE));
    WAIT("event.set-again", WSAWaitForMultipleEvents(1, &event, TRUE, 0, FALSE));
    BOOLEAN_OF("event.WSAResetEvent", WSAResetEvent(event));
    WAIT("event.reset", WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE));
    BOOLEAN_OF("event.WSAResetEvent-again", WSAResetEvent(event));
    WAIT("event.wait-0", WSAWaitForMultipleEvents(0, &event, FALSE, 0, FALSE));
    WSAEVENT many[65];
    for (int i = 0; i < 65; i++)
        many[i] = event;
    WAIT("event.wait-65", WSAWaitForMultipleEvents(65, many, FALSE, 0, FALSE));
    WAIT("event.wait-64", WSAWaitForMultipleEvents(64, many, FALSE, 0, FALSE));
    WAIT("event.wait-time", WSAWaitForMultipleEvents(1, &event, FALSE, MOMENT, FALSE));
    WAIT("event.wait-time-alertable", WSAWaitForMultipleEvents(1, &event, FALSE, MOMENT, TRUE));
    WSAEVENT three[3] = { event, WSACreateEvent(), WSACreateEvent() };
    WSASetEvent(three[2]);
    WAIT("event.third", WSAWaitForMultipleEvents(3, three, FALSE, 0, FALSE));
    WAIT("event.all-of-three", WSAWaitForMultipleEvents(3, three, TRUE, 0, FALSE));
    WSASetEvent(three[1]);
    WAIT("event.lowest", WSAWaitForMultipleEvents(3, three, FALSE, 0, FALSE));
    WSASetEvent(three[0]);
    WAIT("event.all-of-three-set", WSAWaitForMultipleEvents(3, three, TRUE, 0, FALSE));
    BOOLEAN_OF("event.WSACloseEvent", WSACloseEvent(event));
    BOOLEAN_OF("event.WSACloseEvent-again", WSACloseEvent(event));
    BOOLEAN_OF("event.WSASetEvent-closed", WSASetEvent(event));
    BOOLEAN_OF("event.WSAResetEvent-closed", WSAResetEvent(event));
    WAIT("event.wait-closed", WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE));
    WAIT("event.wait-second-closed", WSAWaitForMultipleEvents(2, (WSAEVENT[]){ three[1], event }, FALSE, 0, FALSE));
    BOOLEAN_OF("event.WSASetEvent-null", WSASetEvent(NULL));
    WSACleanup();
    WAIT("event.after-WSACleanup", waited = WSAWaitForMultipleEvents(1, &three[1], FALSE, 0, FALSE));
    return 0;
}
