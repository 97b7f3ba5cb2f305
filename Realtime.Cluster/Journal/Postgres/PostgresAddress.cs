using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// Where a PostgreSQL database is: as Npgsql writes it (<c>Host=db;Username=realtime;Database=realtime</c>) or as a URL
/// (<c>//realtime:secret@db:5432/realtime?sslmode=require</c>, with or without the scheme).
/// </summary>
public static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://", "//"];

    /// <param name="connection">The connection string as Npgsql takes it.</param>
    /// <param name="description">Hosts and database, without secrets.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? connection, [NotNullWhen(true)] out string? description)
    {
        (connection, description) = (null, null);
        if (Builder(text) is not { } builder || string.IsNullOrWhiteSpace(builder.Host))
        {
            return false;
        }

        connection = builder.ConnectionString;
        description = $"postgres:{Host(builder)}/{builder.Database ?? builder.Username}";
        return true;
    }

    private static string Host(NpgsqlConnectionStringBuilder builder) => builder.Host!.Contains(',', StringComparison.Ordinal)
        || builder.Host.Contains(':', StringComparison.Ordinal) ? builder.Host : $"{builder.Host}:{builder.Port}";

    private static NpgsqlConnectionStringBuilder? Builder(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            var scheme = Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
            return scheme is null ? new NpgsqlConnectionStringBuilder(text) : OfUrl(text[scheme.Length..]);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or KeyNotFoundException or InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>user:password@host:port,host:port/database?key=value&amp;key=value, with the parts percent-encoded.</summary>
    private static NpgsqlConnectionStringBuilder OfUrl(string rest)
    {
        var (beforeQuery, query) = Split(rest, '?');
        var (authority, database) = Split(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var builder = new NpgsqlConnectionStringBuilder();
        if (at >= 0)
        {
            var (user, password) = Split(authority[..at], ':');
            builder.Username = Uri.UnescapeDataString(user);
            if (password.Length > 0)
            {
                builder.Password = Uri.UnescapeDataString(password);
            }
        }

        SetHost(builder, authority[(at + 1)..]);
        if (database.Length > 0)
        {
            builder.Database = Uri.UnescapeDataString(database);
        }

        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Split(pair, '=');

            Set(builder, Uri.UnescapeDataString(key), Uri.UnescapeDataString(value));
        }

        return builder;
    }

    /// <summary>Takes libpq's names of what is commonly given, and all of Npgsql's.</summary>
    private static void Set(NpgsqlConnectionStringBuilder builder, string key, string value)
    {
        switch (key)
        {
            case "sslmode":
                builder["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal);
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            default:
                builder[key] = value;
                break;
        }
    }

    private static void SetHost(NpgsqlConnectionStringBuilder builder, string hosts)
    {
        // One host and its port are two settings; several keep their ports.
        if (!hosts.Contains(',', StringComparison.Ordinal) && hosts.LastIndexOf(':') is var colon and > 0 && !hosts.EndsWith(']'))
        {
            builder.Port = int.Parse(hosts[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            hosts = hosts[..colon];
        }

        builder.Host = Uri.UnescapeDataString(hosts.Trim('[', ']'));
    }

    private static (string Before, string After) Split(string text, char at) => text.IndexOf(at, StringComparison.Ordinal) is var i and >= 0
        ? (text[..i], text[(i + 1)..])
        : (text, "");
}
