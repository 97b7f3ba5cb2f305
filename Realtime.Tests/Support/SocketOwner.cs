using System.Globalization;
using System.Net;

namespace Realtime.Tests.Support;

/// <summary>Which process has a connection open, as Linux tells it: the addresses of a connection name an inode, and the process has that among its files.</summary>
internal static class SocketOwner
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <param name="local">The process's end of the connection.</param>
    /// <param name="remote">The other end.</param>
    /// <returns>Null: none of them has it.</returns>
    public static int? Of(IPEndPoint local, IPEndPoint remote, IReadOnlyCollection<int> processes)
    {
        if (Inode(local.Port, remote.Port) is not { } inode)
        {
            return null;
        }

        var link = $"socket:[{inode}]";
        foreach (var process in processes)
        {
            if (Has(process, link))
            {
                return process;
            }
        }

        return null;
    }

    /// <summary>By the two ports, which no two connections of the loopback share.</summary>
    private static string? Inode(int local, int remote)
    {
        foreach (var table in Tables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && Port(fields[1]) == local && Port(fields[2]) == remote && fields[9] != "0")
                {
                    return fields[9];
                }
            }
        }

        return null;
    }

    private static int Port(string address) => int.Parse(address.AsSpan(address.IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool Has(int process, string link)
    {
        try
        {
            return new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).EnumerateFileSystemInfos().Any(file => file.LinkTarget == link);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended, or a file of it was closed while it was looked through: then the connection is as good as nobody's.
            return false;
        }
    }
}
