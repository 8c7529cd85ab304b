#include "websocket/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace midge {
namespace {

constexpr int raw_window_bits = -15;  // 32 KiB, without zlib's own header
constexpr int memory_level = 8;

// One for each thread, because it needs a quarter of a megabyte and keeps nothing between messages.
class Deflater {
  public:
    Deflater() {
        const int done = deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, raw_window_bits,
                                      memory_level, Z_DEFAULT_STRATEGY);
        if (done != Z_OK) throw std::bad_alloc();
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::string run(const IoSlice* slices, size_t count, size_t size) {
        deflateReset(&stream_);
        std::string out;
        for (size_t i = 0; i < count && size > 0; ++i) {
            const size_t part = std::min(slices[i].size, size);
            size -= part;
            add(out, {slices[i].data, part}, size == 0 ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        }
        out.resize(out.size() - deflate_tail.size());
        return out;
    }

  private:
    void add(std::string& out, std::string_view input, int flush) {
        constexpr size_t step = 4096;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = static_cast<uInt>(input.size());
        do {
            const size_t before = out.size();
            out.resize(before + step);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
            stream_.avail_out = step;
            deflate(&stream_, flush);
            out.resize(out.size() - stream_.avail_out);
        } while (stream_.avail_out == 0);
    }
    z_stream stream_{};
};

}  // namespace

Inflater::Inflater() : stream_(std::make_unique<z_stream>()) {
    *stream_ = {};
    if (inflateInit2(stream_.get(), raw_window_bits) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() {
    inflateEnd(stream_.get());
}

Inflater::Progress Inflater::inflate(std::string_view input, char* out, size_t room) {
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_->avail_in = static_cast<uInt>(input.size());
    stream_->next_out = reinterpret_cast<Bytef*>(out);
    stream_->avail_out = static_cast<uInt>(room);
    const int done = ::inflate(stream_.get(), Z_SYNC_FLUSH);
    Progress progress{.used = input.size() - stream_->avail_in, .made = room - stream_->avail_out};
    // The compressed data may end before the message. The bytes after it are ignored.
    if (done == Z_STREAM_END) progress.used = input.size();
    progress.bad = done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR;
    return progress;
}

std::string deflate_message(const IoSlice* slices, size_t count, size_t size) {
    thread_local Deflater deflater;
    return deflater.run(slices, count, size);
}

}  // namespace midge
