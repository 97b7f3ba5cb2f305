namespace Realtime.Node.Persistence.Store;

/// <summary>Of a store that no other process can open: the operating system holds the file's lock as long as this process lives.</summary>
internal sealed class FileLease : IWriterLease
{
    public bool IsHeld => true;
}
