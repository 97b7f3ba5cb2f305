using System.Diagnostics.CodeAnalysis;
using Realtime.Messages.Errors;
using Realtime.Node.Persistence.Store.Postgres;

namespace Realtime.Node.Persistence.Store;

/// <summary>Which store a program works on, as operators write it.</summary>
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

    /// <summary>A PostgreSQL database, shared by the nodes of a cluster.</summary>
    /// <param name="Connection">With its password.</param>
    /// <param name="Description">Without.</param>
    public sealed record Postgres(string Connection, string Description) : StoreChoice
    {
        /// <summary>Whoever uses the database is in its cluster.</summary>
        public override bool IsShared => true;

        public override string ToString() => Description;
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
        else if (IsPostgres(text) && PostgresAddress.TryParse(AfterScheme(text), out var connection, out var description))
        {
            choice = new Postgres(connection, description);
        }

        return choice is not null;
    }

    /// <summary>What is wrong with a text that is no choice, without what may hold a password: all that follows the first colon.</summary>
    /// <param name="wanted">What the option takes.</param>
    public static string Fault(string? text, string wanted)
    {
        if (IsPostgres(text))
        {
            return PostgresAddress.Fault(AfterScheme(text));
        }

        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var scheme = colon < 0 ? text ?? "" : text![..(colon + 1)];
        var meant = NearestWord.Of(scheme, colon < 0 ? ["memory"] : ["sqlite:", "postgres:"]);
        return $"must be {wanted}, is '{scheme}{(colon >= 0 && colon < text!.Length - 1 ? "…" : "")}'{(meant is null || string.Equals(meant, scheme, StringComparison.OrdinalIgnoreCase) ? "" : $"; is {meant} meant?")}";
    }

    private static string AfterScheme(string text) => text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static bool IsPostgres([NotNullWhen(true)] string? text) =>
        text is not null
        && (text.StartsWith("postgres:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql:", StringComparison.OrdinalIgnoreCase));
}
