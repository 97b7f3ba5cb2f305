using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Whose connections count together: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one household gets (RFC 6177).
/// All clients whose address is not known share one.
/// </summary>
public readonly record struct ClientAddress
{
    private readonly UInt128 _bits;

    private ClientAddress(UInt128 bits) => _bits = bits;

    public static ClientAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily is AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            address.MapToIPv6().TryWriteBytes(bytes, out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
        }

        return new ClientAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
    /// <summary>An IPv4 address, or the prefix of an IPv6 address; <c>unknown</c> when it is not known.</summary>
    public override string ToString()
    {
        if (_bits == default)
        {
            return "unknown";
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _bits);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : $"{address}/64";
    }
}
