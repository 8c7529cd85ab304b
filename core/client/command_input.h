#pragma once
// What a client has sent and the parser has not taken yet.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "client/gathered_command.h"
#include "net/stream.h"

namespace midge {

class EventLoop;
struct ParserLimits;

// Between turns it keeps only the beginning of an incomplete command, so that an idle connection
// holds next to no memory. Owned by a session, on whose thread everything here happens.
class CommandInput {
  public:
    struct Read {
        IoResult result;
        std::string_view bytes;  // to be parsed; empty: the command is still incomplete
        bool filled = false;     // the loop's buffer: there may be more
        std::unique_ptr<GatheredCommand> gathered = nullptr;  // owns `bytes`; null: the loop does
    };
    // Reads once, behind the bytes that are kept, and gives all of them. Then keep() must follow,
    // unless the connection closes.
    [[nodiscard]] Read read(Stream& stream, EventLoop& loop, const ParserLimits& limits);
    // The parser has left `rest`, of a command of `wanted` bytes (0: not known). `is_start`: the
    // command begins in what was parsed last, and not in bytes that were kept before.
    void keep(std::string_view rest, size_t wanted, bool is_start, const ParserLimits& limits);
    // Gives the kept bytes away, at the end of a pause.
    [[nodiscard]] std::string take();
    void forget();
    // Whether the next reads may be larger: fewer system calls, if little is staged for them.
    void read_much(bool much) noexcept { reads_much_ = much; }

  private:
    void gather(std::string_view rest, const ParserLimits& limits);
    [[nodiscard]] Read read_gathered(Stream& stream);

    std::string rest_;
    size_t wanted_ = 0;
    std::unique_ptr<GatheredCommand> gathered_;  // in place of rest_
    bool reads_much_ = false;
};

}  // namespace midge
