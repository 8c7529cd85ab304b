#include "unit/broker/raw_client.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>

#include <utility>

namespace midge::test {

RawClient::RawClient(uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    socket_.setReceiveTimeout(Poco::Timespan(patience_seconds, 0));
    info = read_until("\r\n");
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
}

bool RawClient::receive() {
    char chunk[16384];
    try {
        const int count = socket_.receiveBytes(chunk, sizeof chunk);
        if (count > 0) {
            incoming_.append(chunk, static_cast<size_t>(count));
            take_items();
            return true;
        }
    } catch (const Poco::Net::ConnectionResetException&) {
        // Handled like an end.
    }
    buffer_ += std::exchange(incoming_, {});
    return false;
}

void RawClient::take_items() {
    size_t taken = 0;
    while (true) {
        const size_t end_of_line = incoming_.find("\r\n", taken);
        if (end_of_line == std::string::npos) break;
        const std::string_view line(&incoming_[taken], end_of_line - taken);
        size_t size = line.size() + 2;
        if (line.starts_with("MSG ") || line.starts_with("HMSG "))
            size += std::stoul(std::string(line.substr(line.rfind(' ') + 1))) + 2;
        if (taken + size > incoming_.size()) break;
        if (line != "PING") buffer_.append(incoming_, taken, size);
        taken += size;
    }
    incoming_.erase(0, taken);
}

std::string RawClient::read_until(std::string_view ending) {
    size_t at = 0;
    while ((at = buffer_.find(ending)) == std::string::npos) {
        if (!receive()) return {};
    }
    std::string out = buffer_.substr(0, at + ending.size());
    buffer_.erase(0, at + ending.size());
    return out;
}

std::string RawClient::read_bytes(size_t count) {
    while (buffer_.size() < count && receive()) {
    }
    std::string out = buffer_.substr(0, count);
    buffer_.erase(0, out.size());
    return out;
}

std::string RawClient::read_to_end() {
    while (receive()) {
    }
    return std::exchange(buffer_, {});
}

void RawClient::log_in(std::string_view options) {
    send("CONNECT " + std::string(options) + "\r\n");
    flush();
}

std::string RawClient::flush() {
    send("PING\r\n");
    std::string out = read_until("PONG\r\n");
    if (out.size() >= 6) out.resize(out.size() - 6);
    return out;
}

}  // namespace midge::test
