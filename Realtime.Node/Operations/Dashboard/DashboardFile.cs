using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Realtime.Node.Operations.Dashboard;

/// <summary>A file of the page, from the assembly: it is there wherever the program is, and always the one that belongs to it.</summary>
internal sealed record DashboardFile(string Name, string ContentType, byte[] Content, EntityTagHeaderValue Tag)
{
    public const string Index = "index.html";

    private const string Prefix = "Dashboard.";

    public static IReadOnlyList<DashboardFile> ReadAll()
    {
        var files = typeof(DashboardFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Read(name, name[Prefix.Length..]))
            .ToList();
        return files.Exists(file => file.Name == Index)
            ? files
            : throw new InvalidOperationException("The dashboard's page is not in the assembly: it was built without Dashboard/Page.");
    }

    private static DashboardFile Read(string resource, string name)
    {
        using var stream = typeof(DashboardFile).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new DashboardFile(name, TypeOf(name), content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\""));
    }

    /// <summary>A file of another kind fails at start, and not in a browser that was told not to guess.</summary>
    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The dashboard has a file of a kind that is not served: {other}"),
    };
}
