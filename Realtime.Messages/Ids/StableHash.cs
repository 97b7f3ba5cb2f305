using System.Text;

namespace Realtime.Messages.Ids;

/// <summary>A hash of a text that is the same in every process and version: FNV-1a over its UTF-8, mixed as by MurmurHash3, because texts differ in their last letters mostly.</summary>
public static class StableHash
{
    public static ulong Of(string text)
    {
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var hash = 14695981039346656037UL;
        foreach (var value in bytes[..Encoding.UTF8.GetBytes(text, bytes)])
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }
}
