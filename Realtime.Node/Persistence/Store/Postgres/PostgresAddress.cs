using System.ComponentModel;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Npgsql;
using Realtime.Messages.Errors;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Where a PostgreSQL database is: as Npgsql writes it (<c>Host=db;Username=realtime;Database=realtime</c>) or as a URL
/// (<c>//realtime:secret@db:5432/realtime?sslmode=require</c>, with or without the scheme).
/// </summary>
public static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://", "//"];
    private static readonly string[] LibpqNames = ["sslmode", "sslrootcert", "application_name"];

    /// <summary>For suggestions: libpq's names first, because of two words that are equally near the one as written is meant.</summary>
    private static readonly string[] Keywords =
    [
        .. LibpqNames,
        .. typeof(NpgsqlConnectionStringBuilder).GetProperties().Select(property => property.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName).OfType<string>(),
    ];

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

    /// <summary>What is wrong with a text that <see cref="TryParse"/> does not take, without any value of it: each may be a secret.</summary>
    public static string Fault(string? text)
    {
        foreach (var (key, value) in Pairs(text ?? ""))
        {
            if (!IsKnown(key))
            {
                var meant = NearestWord.Of(key, Keywords);
                return $"has the unknown PostgreSQL keyword '{key}'{(meant is null ? "" : $"; is {meant} meant?")}";
            }

            if (!Takes(key, value))
            {
                return $"has a value that the PostgreSQL keyword '{key}' cannot have";
            }
        }

        return Builder(text) is { } builder && string.IsNullOrWhiteSpace(builder.Host)
            ? "names no host of PostgreSQL: Host=… is needed"
            : "is no connection string of PostgreSQL (Host=…;Username=…;Database=…) and no URL (postgres://user:password@host:5432/database)";
    }

    /// <summary>Settings with their values, as far as the text can be read.</summary>
    private static List<(string Key, string Value)> Pairs(string text)
    {
        if (Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is not null)
        {
            var (_, query) = Split(text, '?');
            return [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => Split(pair, '=')).Select(pair => (Uri.UnescapeDataString(pair.Before), Uri.UnescapeDataString(pair.After)))];
        }

        try
        {
            var pairs = new DbConnectionStringBuilder { ConnectionString = text };
            return [.. pairs.Keys.Cast<string>().Select(key => (Written(text, key), $"{pairs[key]}"))];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    /// <summary>.NET reads keywords in lower case; people look for what they wrote.</summary>
    private static string Written(string text, string key) =>
        text.IndexOf(key, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? text.Substring(at, key.Length) : key;

    private static bool IsKnown(string key)
    {
        try
        {
            _ = LibpqNames.Contains(key) ? null : new NpgsqlConnectionStringBuilder()[key];
            return true;
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static bool Takes(string key, string value)
    {
        try
        {
            Set(new NpgsqlConnectionStringBuilder(), key, value);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or KeyNotFoundException or InvalidCastException)
        {
            return false;
        }
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
