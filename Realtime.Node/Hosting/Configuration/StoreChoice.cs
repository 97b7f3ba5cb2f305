using System.Diagnostics.CodeAnalysis;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>Which store a node runs on, read from <c>Realtime:Store</c>.</summary>
public abstract record StoreChoice
{
    private StoreChoice()
    {
    }

    /// <summary>Whether a node on it is always a member of a cluster.</summary>
    public virtual bool IsShared => false;

    /// <summary>A database file.</summary>
    public sealed record Sqlite(string Path) : StoreChoice
    {
        public override string ToString() => "sqlite:" + Path;
    }

    /// <summary>Nothing outlives the process.</summary>
    public sealed record Memory : StoreChoice
    {
        public override string ToString() => "memory";
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out StoreChoice? choice)
    {
        const string SqlitePrefix = "sqlite:";
        choice = null;
        if (string.Equals(text, "memory", StringComparison.OrdinalIgnoreCase))
        {
            choice = new Memory();
        }
        else if (text is not null && text.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase) && text.Length > SqlitePrefix.Length)
        {
            choice = new Sqlite(text[SqlitePrefix.Length..]);
        }

        return choice is not null;
    }
}
