namespace Realtime.Client.Core;

/// <summary>Puts a name and a value into the query of an address.</summary>
internal static class Query
{
    public static Uri With(Uri url, string name, string value)
    {
        var before = url.Query.Length > 1 ? url.Query[1..] + "&" : "";
        return new UriBuilder(url) { Query = $"{before}{name}={Uri.EscapeDataString(value)}" }.Uri;
    }
}
