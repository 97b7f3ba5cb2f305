using System.IO.Compression;
using System.Xml.Linq;
using Realtime.Tests.Deployment;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>The client as a package: complete, and usable by a program outside of the repository.</summary>
public sealed class PackageTests
{
    [Fact]
    public void The_package_says_what_it_is_and_a_program_elsewhere_runs_with_it()
    {
        using var directory = new TemporaryDirectory();
        var feed = directory.File("feed");
        Dotnet.Run("pack", "clients/dotnet/Realtime.Client", "--no-restore", "--no-build", "-c", Dotnet.Configuration, "-o", feed, "-nologo", "-v", "q");
        var path = Directory.GetFiles(feed, "*.nupkg").ShouldHaveSingleItem();
        Directory.GetFiles(feed, "*.snupkg").ShouldHaveSingleItem();

        var version = ShouldBeComplete(path);
        var output = Dotnet.Run("run", "--project", Consumer(directory.File("consumer"), feed, version), "-v", "q");

        output.Trim().ShouldBe("timeout connect_failed");
    }

    private static string ShouldBeComplete(string path)
    {
        using var package = ZipFile.OpenRead(path);
        package.Entries.Select(entry => entry.FullName).ShouldBeSubsetOf(
            ["_rels/.rels", "Realtime.Client.nuspec", "README.md", "lib/net10.0/Realtime.Client.dll", "lib/net10.0/Realtime.Client.xml", "[Content_Types].xml",
             package.Entries.Single(entry => entry.FullName.EndsWith(".psmdcp", StringComparison.Ordinal)).FullName]);
        using var readme = new StreamReader(package.GetEntry("README.md")!.Open());
        readme.ReadToEnd().ShouldContain("using Realtime.Client;");
        package.GetEntry("lib/net10.0/Realtime.Client.xml")!.Length.ShouldBeGreaterThan(10_000);

        using var text = package.GetEntry("Realtime.Client.nuspec")!.Open();
        var metadata = XDocument.Load(text).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Value("id").ShouldBe("Realtime.Client");
        Value("license").ShouldBe("Apache-2.0");
        Value("readme").ShouldBe("README.md");
        Value("description").ShouldNotBeEmpty();
        Value("tags").ShouldContain("realtime");
        metadata.Descendants().ShouldNotContain(element => element.Name.LocalName == "dependency");
        return Value("version");
    }

    private static string Consumer(string directory, string feed, string version)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "nuget.config"), $"""
            <configuration><packageSources><clear /><add key="feed" value="{feed}" /></packageSources></configuration>
            """);
        File.WriteAllText(Path.Combine(directory, "Program.cs"), """
            using Realtime.Client;

            await using var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri("http://127.0.0.1:1") });
            try
            {
                await client.ConnectAsync(TimeSpan.FromSeconds(2));
            }
            catch (RealtimeException fault)
            {
                Console.WriteLine($"{fault.Code} {client.Reason?.Code}");
            }
            """);
        var project = Path.Combine(directory, "consumer.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <RestorePackagesPath>packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Realtime.Client" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        return project;
    }
}
