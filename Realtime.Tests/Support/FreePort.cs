using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Realtime.Tests.Support;

/// <summary>
/// Ports for programs that have to be told theirs, because they are started again on it or because others are told where they will be. Outside the range that systems
/// take for outgoing connections, so that none takes it by chance while the program is down, and locked until this process ends, so that no other test run gets it.
/// </summary>
internal static class FreePort
{
    private const int Least = 15_000;
    private const int Most = 32_000;
    private const int Tries = 1_000;

    /// <summary>Not the temporary directory of this run: others of this machine have another one.</summary>
    private static readonly string Locks = Path.Combine(OperatingSystem.IsWindows() ? Path.GetTempPath() : "/tmp", "realtime-test-ports");

    /// <summary>Open files are the locks; the system ends them with the process, however it ends.</summary>
    private static readonly List<FileStream> Held = [];

    public static int Take()
    {
        for (var left = Tries; left > 0; left--)
        {
            var port = Next();
            if (TryLock(port) is not { } held)
            {
                continue;
            }

            if (IsFree(port))
            {
                lock (Held)
                {
                    Held.Add(held);
                }

                return port;
            }

            held.Dispose();
        }

        throw new InvalidOperationException($"none of {Tries} ports was free");
    }

    /// <summary>Null: another test run has it, or another test of this one.</summary>
    public static FileStream? TryLock(int port)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Locks);
        }
        else if (!Directory.Exists(Locks))
        {
            // Whoever runs tests here, under whatever name.
            Directory.CreateDirectory(Locks);
            File.SetUnixFileMode(Locks, (UnixFileMode)0b1_111_111_111);
        }

        try
        {
            return new FileStream(Path.Combine(Locks, port.ToString(CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>For all addresses, of both kinds: what listens on one of them is in the way of who wants them all.</summary>
    public static bool IsFree(int port) =>
        CanBind(AddressFamily.InterNetwork, IPAddress.Any, port) &&
        (!Socket.OSSupportsIPv6 || CanBind(AddressFamily.InterNetworkV6, IPAddress.IPv6Any, port));

    private static bool CanBind(AddressFamily family, IPAddress address, int port)
    {
        using var probe = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (family is AddressFamily.InterNetworkV6)
            {
                probe.DualMode = false;
            }

            probe.Bind(new IPEndPoint(address, port));
            probe.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Any of those that are never an outgoing connection's; where these are too few, any of all.</summary>
    private static int Next()
    {
        var (first, last) = Outgoing();
        for (var left = Tries; left > 0; left--)
        {
            var port = RandomNumberGenerator.GetInt32(Least, Most);
            if (port < first || port > last)
            {
                return port;
            }
        }

        return RandomNumberGenerator.GetInt32(Least, Most);
    }

    private static (int First, int Last) Outgoing()
    {
        const string Setting = "/proc/sys/net/ipv4/ip_local_port_range";
        if (!File.Exists(Setting))
        {
            return (49_152, 65_535);
        }

        var range = File.ReadAllText(Setting).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (int.Parse(range[0], CultureInfo.InvariantCulture), int.Parse(range[1], CultureInfo.InvariantCulture));
    }
}
