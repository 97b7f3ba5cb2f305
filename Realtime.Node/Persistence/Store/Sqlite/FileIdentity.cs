using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// Which file has a path, by device and inode: another one after it was replaced. Nothing is opened to find out: closing a handle of our own
/// would drop SQLite's locks. Only Linux tells; elsewhere all files are the same one, and only their absence shows.
/// </summary>
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode)
{
    private const int RelativeToWorkingDirectory = -100;
    private const uint InodeOnly = 0x100;

    /// <summary>Of the kernel's own structure, the same on every processor.</summary>
    private const int StructureBytes = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    /// <summary>There is a file, and the system does not say which.</summary>
    private static FileIdentity Unknown => default;

    /// <summary>Null: no file has the path.</summary>
    public static FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? Unknown : null;
        }

        Span<byte> structure = stackalloc byte[StructureBytes];
        try
        {
            if (Statx(RelativeToWorkingDirectory, path, 0, InodeOnly, structure) == 0)
            {
                return new FileIdentity(
                    BinaryPrimitives.ReadUInt64LittleEndian(structure[DeviceAt..]), BinaryPrimitives.ReadUInt64LittleEndian(structure[InodeAt..]));
            }
        }
        catch (EntryPointNotFoundException)
        {
            return File.Exists(path) ? Unknown : null;
        }

        return Marshal.GetLastPInvokeError() is NoSuchFile or NotADirectory ? null : Unknown;
    }

    /// <summary>False only when both are known and differ.</summary>
    public bool MayBe(FileIdentity other) => this == other || this == Unknown || other == Unknown;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> structure);
}
