// A part of every program, because GCC omits the initializer with which POCO starts Winsock.
#include <winsock2.h>

#include <cstdlib>

namespace {

struct Winsock {
    Winsock() {
        WSADATA data{};
        if (::WSAStartup(MAKEWORD(2, 2), &data) != 0) std::abort();
    }
    ~Winsock() { ::WSACleanup(); }
};

const Winsock winsock;

}  // namespace
