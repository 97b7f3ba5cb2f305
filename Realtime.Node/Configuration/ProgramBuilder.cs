using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Realtime.Node.Configuration;

/// <summary>What every program of this repository begins with: its sources of configuration, and nothing of .NET's defaults.</summary>
public static class ProgramBuilder
{
    /// <summary>Later sources win: appsettings.json, appsettings.{Environment}.json, environment variables, command line.</summary>
    /// <param name="file">Beginning of the names of the files: programs that lie in one folder have files of their own.</param>
    /// <exception cref="RealtimeConfigurationException">A file cannot be read.</exception>
    public static WebApplicationBuilder Create(string name, IReadOnlyDictionary<string, string?> overrides, string file = "appsettings")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = name,
            EnvironmentName = Variable("DOTNET_ENVIRONMENT") ?? Variable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production,

            // Not the current directory: the files that belong to the program lie beside it.
            ContentRootPath = Variable("DOTNET_CONTENTROOT") ?? AppContext.BaseDirectory,
        });
        try
        {
            builder.Configuration
                .AddJsonFile($"{file}.json", optional: true, reloadOnChange: false)
                .AddJsonFile($"{file}.{builder.Environment.EnvironmentName}.json", optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .AddInMemoryCollection(overrides);
        }
        catch (InvalidDataException unreadable)
        {
            var cause = (unreadable.GetBaseException().Message + " ").Split('\n')[0].Trim();
            throw new RealtimeConfigurationException([$"{unreadable.Message.TrimEnd('.')}: {cause}"]);
        }

        return builder;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
