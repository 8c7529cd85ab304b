#include "services/reply_encoding.h"

#include <zlib.h>

#include "base/snappy.h"
#include "base/text.h"
#include "protocol/headers.h"

namespace midge {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib: with the header of gzip
constexpr int memory_level = 8;            // zlib's default

// Empty: zlib has no memory.
std::string gzipped(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window_bits, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(done ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

}  // namespace

EncodedReply encode_reply(std::string_view request_header, std::string body) {
    const std::string accepted = to_lower_ascii(first_header(request_header, "Accept-Encoding"));
    if (accepted.empty()) return {{}, std::move(body)};
    std::string_view encoding = "identity";
    if (accepted.find("snappy") != std::string::npos || accepted.find("s2") != std::string::npos) {
        encoding = "snappy";
        body = snappy_framed(body);
    } else if (accepted.find("gzip") != std::string::npos) {
        if (std::string packed = gzipped(body); !packed.empty()) {
            encoding = "gzip";
            body = std::move(packed);
        }
    }
    return {with_header({}, "Content-Encoding", encoding), std::move(body)};
}

}  // namespace midge
