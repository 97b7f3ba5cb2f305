using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Core;

/// <summary>
/// The epoch of a log that was never written. It follows from the store and the log's name, so a channel that comes and goes without a
/// message shows the same position each time, and opening it costs no write.
/// </summary>
internal static class FirstEpoch
{
    public static Epoch Of(ulong store, string persistenceId)
    {
        var input = new byte[sizeof(ulong) + Encoding.UTF8.GetByteCount(persistenceId)];
        BinaryPrimitives.WriteUInt64BigEndian(input, store);
        Encoding.UTF8.GetBytes(persistenceId, input.AsSpan(sizeof(ulong)));

        // 0 means "no epoch" everywhere else.
        return new Epoch(Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(input))));
    }
}
