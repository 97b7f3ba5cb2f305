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

    /// <summary>A program on this machine, by whatever it came: loopback, or a Unix socket, which has no address.</summary>
    public bool IsThisMachine => _bits == default || _bits >> 24 == ThisMachine >> 24;

    /// <summary>127.0.0.0/8, as IPv6 has it.</summary>
    private static UInt128 ThisMachine { get; } = new(0, 0xffff_7f00_0000);

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
