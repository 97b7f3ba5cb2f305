using System.Globalization;
using System.Runtime.InteropServices;

namespace Realtime.Tests.Journal;

/// <summary>Puts another file in the place of an open write-ahead log: the way to a disk that fails in the middle of a commit.</summary>
internal sealed partial class WalSwap : IDisposable
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private readonly List<(int Descriptor, int Saved)> _swapped = [];

    private WalSwap()
    {
    }

    public static WalSwap For(string database, string replacement, bool writable)
    {
        var swap = new WalSwap();
        var other = Open(replacement, writable ? ReadWrite : ReadOnly);
        other.ShouldBeGreaterThanOrEqualTo(0, replacement);

        // All are found before the first is swapped: a copy made on the way may get a number that is still ahead in the list, and would be
        // swapped too; then there would be nothing left to put back.
        int[] descriptors =
        [
            .. Directory.GetFiles("/proc/self/fd")
                .Where(link => new FileInfo(link).LinkTarget == database + "-wal")
                .Select(link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture))
                .Where(descriptor => descriptor != other),
        ];
        foreach (var descriptor in descriptors)
        {
            swap._swapped.Add((descriptor, Duplicate(descriptor)));
            Duplicate(other, descriptor).ShouldBe(descriptor);
        }

        _ = Close(other);
        swap._swapped.ShouldNotBeEmpty("no write-ahead log of this database is open");
        return swap;
    }

    public void Dispose()
    {
        foreach (var (descriptor, saved) in _swapped)
        {
            Duplicate(saved, descriptor).ShouldBe(descriptor);
            _ = Close(saved);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
