#include "wire/runner/websocket_connection.h"

#include <zlib.h>

#include <array>

namespace midge::wire {
namespace {

constexpr std::chrono::seconds upgrade_patience{10};
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view deflate_end{"\x00\x00\xff\xff", 4};
constexpr int raw_window_bits = -15;
constexpr unsigned char binary_frame = 0x82, data_opcodes_max = 2;
constexpr unsigned char compressed = 0x40, masked = 0x80;
constexpr std::string_view mask = "\x12\x34\x56\x78";

std::string packed(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window_bits, 8,
                 Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_SYNC_FLUSH);
    out.resize(stream.total_out - deflate_end.size());
    deflateEnd(&stream);
    return out;
}

std::string unpacked(std::string text) {
    text += deflate_end;
    z_stream stream{};
    inflateInit2(&stream, raw_window_bits);
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    std::string out;
    std::array<char, 16384> part;
    int done = Z_OK;
    do {
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = part.size();
        done = inflate(&stream, Z_SYNC_FLUSH);
        out.append(part.data(), part.size() - stream.avail_out);
    } while (done == Z_OK && stream.avail_out == 0);
    inflateEnd(&stream);
    return out;
}

class WebsocketConnection final : public Connection {
  public:
    explicit WebsocketConnection(std::unique_ptr<Connection> raw) : raw_(std::move(raw)) {}

    // Returns false if the server has refused.
    bool upgrade(bool compression) {
        raw_->send(std::string("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") +
                   (compression ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "") +
                   "\r\n");
        const auto deadline = Clock::now() + upgrade_patience;
        while (input_.find(head_end) == std::string::npos) {
            Received more = raw_->receive(deadline);
            if (more.what != Received::What::bytes) return false;
            input_ += more.bytes;
        }
        const size_t head_size = input_.find(head_end) + head_end.size();
        const std::string head = input_.substr(0, head_size);
        input_.erase(0, head_size);
        compresses_ = head.find("permessage-deflate") != std::string::npos;
        return head.starts_with("HTTP/1.1 101 ") &&
               head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos;
    }

    void send(std::string_view bytes) override {
        const std::string body = compresses_ ? packed(bytes) : std::string(bytes);
        std::string frame;
        frame += static_cast<char>(binary_frame | (compresses_ ? compressed : 0));
        if (body.size() < 126) {
            frame += static_cast<char>(masked | body.size());
        } else {
            const size_t length_bytes = body.size() <= UINT16_MAX ? 2 : 8;
            frame += static_cast<char>(masked | (length_bytes == 2 ? 126 : 127));
            for (size_t i = length_bytes; i > 0; --i) {
                frame += static_cast<char>(body.size() >> (8 * (i - 1)));
            }
        }
        frame += mask;
        for (size_t i = 0; i < body.size(); ++i) {
            frame += static_cast<char>(body[i] ^ mask[i % mask.size()]);
        }
        raw_->send(frame);
    }

    Received receive(Clock::time_point deadline) override {
        while (true) {
            if (auto bytes = take_frame(); !bytes.empty()) {
                return {Received::What::bytes, std::move(bytes)};
            }
            Received more = raw_->receive(deadline);
            if (more.what != Received::What::bytes) return more;
            input_ += more.bytes;
        }
    }

    void finish_sending() override { raw_->finish_sending(); }

  private:
    // Returns the bytes of the next data frame; empty if it is incomplete. The end of the
    // connection counts as a close frame.
    std::string take_frame() {
        while (true) {
            if (input_.size() < 2) return {};
            const auto first = static_cast<unsigned char>(input_[0]);
            size_t size = static_cast<unsigned char>(input_[1]);
            size_t at = 2;
            if (size >= 126) {
                const size_t length_bytes = size == 126 ? 2 : 8;
                if (input_.size() < at + length_bytes) return {};
                size = 0;
                for (size_t i = 0; i < length_bytes; ++i)
                    size = size << 8 | static_cast<unsigned char>(input_[at++]);
            }
            if (input_.size() < at + size) return {};
            std::string payload = input_.substr(at, size);
            input_.erase(0, at + size);
            if ((first & 0x0F) > data_opcodes_max) continue;
            if ((first & compressed) != 0) payload = unpacked(std::move(payload));
            if (!payload.empty()) return payload;
        }
    }

    const std::unique_ptr<Connection> raw_;
    std::string input_;
    bool compresses_ = false;
};

class ClosedConnection final : public Connection {
    void send(std::string_view) override {}
    Received receive(Clock::time_point) override { return {Received::What::closed, {}}; }
    void finish_sending() override {}
};

}  // namespace

std::unique_ptr<Connection> start_websocket(std::unique_ptr<Connection> raw, bool compression) {
    auto made = std::make_unique<WebsocketConnection>(std::move(raw));
    if (!made->upgrade(compression)) return std::make_unique<ClosedConnection>();
    return made;
}

}  // namespace midge::wire
