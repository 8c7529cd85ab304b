// WebSocket: any bytes, cut at any place, give the same frames as in one piece; a stream of them
// stays within its limits; any request for an upgrade is answered.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/memory_stream.h"
#include "websocket/http_request.h"
#include "websocket/upgrade.h"
#include "websocket/websocket_stream.h"

namespace {

using midge::FrameReader;
using Kind = FrameReader::Found::Kind;

constexpr uint64_t message_bytes_max = 512;

// Returns everything that the reader finds, with the pieces of a message joined.
std::string read_frames(std::string input, size_t step, const FrameReader::Rules& rules) {
    FrameReader reader(rules);
    std::string seen;
    size_t at = 0;
    while (at < input.size()) {
        const auto found = reader.next(input.data() + at, std::min(step, input.size() - at));
        if (found.kind == Kind::nothing && found.used == 0) std::abort();
        at += found.used;
        seen += found.payload;
        if (found.ends) seen += '\1';
        if (found.kind == Kind::control) seen += '\2';
        if (found.kind == Kind::bad || found.kind == Kind::too_big) return seen += '\3';
    }
    return seen;
}

// A message has a limited size, and the input has no more messages than bytes.
void read_stream(const std::string& input, const FrameReader::Rules& rules, size_t room) {
    auto [server_end, client_end] = midge::MemoryStream::make_pair();
    midge::WebsocketStream::Settings settings;
    settings.rules = rules;
    settings.compression = rules.compression;
    midge::WebsocketStream server(std::move(server_end), settings);
    const midge::IoSlice slice{input.data(), input.size()};
    if (!input.empty()) (void)client_end->write(&slice, 1);
    client_end->close();
    std::string part(room, '\0');
    uint64_t total = 0;
    for (size_t turn = 0;; ++turn) {
        const auto result = server.read(part.data(), room);
        if (result.kind == midge::IoResult::Kind::closed ||
            result.kind == midge::IoResult::Kind::failed) {
            break;
        }
        if (result.bytes > room) std::abort();
        total += result.bytes;
        if (turn > (input.size() + 1) * (message_bytes_max + 2)) std::abort();  // it does not end
    }
    if (total > (input.size() + 1) * message_bytes_max) std::abort();
    server.close();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    FrameReader::Rules rules;
    rules.masked = (data[0] & 1) != 0;
    rules.compression = (data[0] & 2) != 0;
    rules.message_bytes_max = message_bytes_max;
    const std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
    const size_t step = data[1] % 16 + 1;
    if (read_frames(input, SIZE_MAX, rules) != read_frames(input, step, rules)) std::abort();
    read_stream(input, rules, step * step);
    if ((data[0] & 4) != 0) {
        midge::UpgradeRules upgrade;
        upgrade.compression = true;
        upgrade.cookies = {"j", "u", "p", "t"};
        upgrade.origins = midge::OriginRules::from(true, {"http://a.com"}).value();
        const auto head = midge::request_head_size(input);
        if (head && midge::judge_upgrade(input.substr(0, *head), upgrade).answer.empty())
            std::abort();
    }
    return 0;
}
