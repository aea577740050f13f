package main

import "strings"

// locale is where somebody comes from: what people there are called, and what
// goes with it. The names are ordered roughly by how common they are.
type locale struct {
	country, language, zone string // the language is one that Roster speaks
	mobile                  string // how mobile numbers begin
	digits                  int    // and how many digits follow
	first, last             []string
}

// locales are where the people of a benchmark come from. Some letters fold,
// some do not, some names are two words and some have an apostrophe.
var locales = []locale{
	{"SE", "sv", "Europe/Stockholm", "+4670", 7,
		strings.Fields(`Anna Lars Eva Erik Maria Karl Karin Anders Kristina Johan Lena Per Sara Nils Kerstin Jan Emma Mikael
			Ingrid Hans Malin Lennart Marie Gunnar Jenny Sven Annika Fredrik Åsa Peter Birgitta Bengt Elin Magnus Ulla Göran Linnéa
			Björn Hanna Stefan Ida Håkan Matilda Ulf Frida Torbjörn Ebba Åke Alva Östen Saga Börje`),
		strings.Fields(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson
			Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Olofsson Lindström Lindqvist Lindgren Berg Axelsson
			Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson Forsberg Sjöberg Wallin
			Engström Eklund Danielsson Håkansson Lundin Björk Gunnarsson Bergman Holm Wikström Isaksson Fransson Bergqvist Nyström
			Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist Claesson Mårtensson Nordström Lundström Viklund Björklund
			Eliasson Berggren Sandström Nordin Ström Åberg Hermansson Ekström Falk Holmgren Hedlund Sundberg Åkesson Öberg`)},
	{"NO", "en", "Europe/Oslo", "+479", 7,
		strings.Fields(`Anne Jan Inger Per Kari Bjørn Marit Ole Liv Lars Ingrid Kjell Astrid Knut Berit Arne Solveig Svein Randi
			Thomas Hilde Geir Bjørg Øyvind Tone Terje Gerd Morten Silje Håkon Ragnhild Øystein Åse Sindre Frøydis Eirik Marte
			Jørgen Sissel Tor Nora Sigurd Hege Vegard Tuva Kåre Vilde`),
		strings.Fields(`Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen
			Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund Sørensen Jakobsen Moen
			Gundersen Iversen Strand Solberg Svendsen Martinsen Eide Knutsen Bakken Kristoffersen Mathisen Lie Amundsen Rasmussen
			Bakke Berge Lunde Nygård Moe Fredriksen Solheim Holm Lien Nguyen Hauge Christensen Knudsen Evensen Nielsen Sæther
			Aas Hanssen Myhre Haugland Thomassen Simonsen Sivertsen Danielsen Berntsen Ødegård Rønning Sandvik Arnesen Næss
			Antonsen Haug Ellingsen Edvardsen Thorsen Gulbrandsen Ruud Isaksen Birkeland Strøm Aasen Ulriksen Tangen`)},
	{"DE", "de", "Europe/Berlin", "+49151", 8,
		strings.Fields(`Maria Thomas Ursula Michael Monika Andreas Petra Peter Elisabeth Stefan Sabine Christian Renate Hans
			Helga Klaus Karin Wolfgang Brigitte Jürgen Ingrid Dieter Erika Manfred Andrea Uwe Gisela Matthias Claudia Jörg Susanne
			Martin Gabriele Bernd Christa Günter Christine Jens Birgit Torsten Jutta Björn Katharina Kevin Jörn Götz Sibylle
			Friederike Anneliese Hannelore Käthe Volker Sönke Heike Ilse Eike Silke Rüdiger Jannis Leonie Mia Lukas Finn`),
		strings.Fields(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein
			Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid
			Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert
			Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm
			Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf
			Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer`)},
	{"FR", "fr", "Europe/Paris", "+336", 8,
		strings.Fields(`Marie Jean Nathalie Philippe Isabelle Michel Sylvie Alain Catherine Patrick Martine Nicolas Christine
			Christophe Françoise Pierre Valérie Laurent Sandrine Frédéric Stéphanie Éric Véronique David Sophie Stéphane Céline
			Pascal Chantal Daniel Aurélie François Hélène Julien Émilie Sébastien Delphine Thierry Chloé Olivier Léa Jérôme Manon
			Guillaume Inès Benoît Zoé Rémi Noémie Aurélien Maëlys Loïc Anaïs Gaël Océane Jean-Luc Marie-Claire`),
		strings.Fields(`Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia
			David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont Lambert Bonnet François Martinez Legrand
			Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez
			Fontaine Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer
			Lucas Meunier Jean Perez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt Leroux Colas Fernandez
			Renard Arnaud Rolland Caron Aubert Giraud Leclerc Vidal Bourgeois Renaud Lemoine Picard Gaillard Philippe`)},
	{"ES", "es", "Europe/Madrid", "+346", 8,
		strings.Fields(`María Antonio Carmen José Ana Manuel Isabel Francisco Dolores David Pilar Juan Teresa Javier Rosa Daniel
			Josefa Carlos Cristina Jesús Laura Alejandro Elena Miguel Marta Rafael Lucía Pedro Mercedes Pablo Paula Ángel Raquel
			Sergio Beatriz Fernando Sara Jorge Rocío Luis Patricia Alberto Inés Álvaro Concepción Adrián Nuria Óscar Begoña Íñigo
			Sofía Raúl Verónica Andrés Ainhoa Víctor Lourdes Iván Macarena Rubén`),
		strings.Fields(`García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz
			Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Ramírez Gil Serrano Morales Molina
			Blanco Suárez Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos
			Guerrero Lozano Cano Cruz Méndez Flores Prieto Herrera Peña León Márquez Cabrera Gallego Calvo Vidal Campos Reyes Vega
			Fuentes Carrasco Díez Aguilar Caballero Nieto Santana Vargas Pascual Giménez Herrero Hidalgo Montero Lorenzo Santiago
			Benítez Durán Ibáñez Arias Mora Ferrer Carmona Vicente Rojas Soto Crespo Román Pastor Velasco Parra Sáez Moya`)},
	{"IT", "en", "Europe/Rome", "+39347", 7,
		strings.Fields(`Maria Giuseppe Anna Antonio Giulia Giovanni Francesca Mario Sara Luigi Laura Francesco Chiara Angelo Elena
			Vincenzo Martina Pietro Alessia Salvatore Valentina Carlo Federica Franco Silvia Domenico Paola Bruno Roberta Paolo
			Giorgia Michele Elisa Giorgio Ilaria Aldo Simona Sergio Claudia Luciano Monica Andrea Beatrice Matteo Ludovica Niccolò
			Noemi Riccardo Serena Tommaso Arianna Lorenzo`),
		strings.Fields(`Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Giordano
			Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile
			Martinelli Vitale Lombardo Serra Coppola D'Angelo Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso
			Valentini Messina Sala Gatti Pellegrini Palumbo Sanna Farina Rizzi Monti Cattaneo Morelli Amato Silvestri Mazza Testa
			Grassi Pellegrino Carbone Giuliani Benedetti Barone Rossetti Caputo Montanari Guerra Palmieri Bernardi Martino Fiore
			D'Amico Ferretti Bellini Basile Riva Donati Piras Vitali Battaglia Sartori Neri Costantini Milani Pagano Ruggiero`)},
	{"PL", "en", "Europe/Warsaw", "+4850", 7,
		strings.Fields(`Anna Piotr Katarzyna Krzysztof Maria Andrzej Małgorzata Tomasz Agnieszka Paweł Barbara Jan Ewa Michał
			Krystyna Marcin Magdalena Jakub Elżbieta Adam Joanna Stanisław Aleksandra Marek Zofia Łukasz Monika Grzegorz Teresa
			Mateusz Danuta Wojciech Natalia Mariusz Julia Dariusz Karolina Zbigniew Marta Maciej Beata Rafał Dorota Robert Janina
			Kamil Alicja Jacek Halina Bartłomiej Jadwiga Świętosław Wiesława Żaneta`),
		strings.Fields(`Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
			Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski
			Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak
			Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski
			Marciniak Jasiński Zawadzki Bąk Jakubowski Sadowski Duda Włodarczyk Wilk Chmielewski Borkowski Sokołowski Szczepański
			Sawicki Kucharski Lis Maciejewski Kubiak Kalinowski Mazurek Wysocki Kołodziej Kaźmierczak Czarnecki Sobczak Głowacki`)},
	{"GB", "en", "Europe/London", "+447", 9,
		strings.Fields(`David Susan John Margaret Paul Karen Andrew Sarah Mark Helen Peter Julie James Jacqueline Michael Alison
			Stephen Elizabeth Robert Nicola Richard Claire Christopher Emma Ian Louise Kevin Rachel Simon Amanda Anthony Rebecca
			Neil Catherine Gary Victoria Alan Charlotte Nigel Lauren Oliver Chloe Harry Sophie Callum Olivia Rhys Siân Niamh Aoife
			Seán Mohammed Aisha Priya Imran Fatima Gareth Eilidh Hamish Isla Freya Arthur Beatrice Edith`),
		strings.Fields(`Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson Wright Walker
			White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark
			Lee King Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell
			Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Khan Marshall Anderson Simpson Ellis
			Adams Singh Begum Wilkinson Foster Chapman Powell Webb Rogers Gray Mason Ali Hunt Hussain Campbell Matthews Owen Palmer
			Holmes Mills Barnes Knight Lloyd Butler Russell Barker Fisher Stevens Jenkins Murray Dixon O'Brien O'Neill McCarthy`)},
	{"NL", "en", "Europe/Amsterdam", "+316", 8,
		strings.Fields(`Maria Johannes Anna Jan Johanna Cornelis Elisabeth Hendrik Cornelia Willem Wilhelmina Pieter Hendrika Gerrit
			Catharina Petrus Margaretha Jacobus Petronella Dirk Sanne Daan Lotte Sem Femke Bram Anouk Thijs Fleur Ruben Iris Joost
			Marieke Sander Esther Wouter Monique Maarten Ingrid Bart Saskia Jeroen Loes Noor Koen Renée Zoë Daniël`),
		append(strings.Fields(`Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Smits Koster
			Prins Blom Huisman Peeters Kuipers Veenstra Kramer Martens Postma Hermans Willems Hoekstra Maas Verhoeven Koning Jacobs
			Verbeek Scholten Schouten Sanders Bosch Wolters Kok Molenaar Kuiper Hofman Driessen Timmermans Groen Bosman Wagenaar`),
			"de Jong", "de Vries", "van den Berg", "van Dijk", "de Boer", "de Groot", "van Leeuwen", "de Wit", "van der Meer",
			"van der Linden", "van Vliet", "van den Heuvel", "van der Veen", "van den Broek", "de Bruijn", "van der Heijden", "van Beek")},
	{"FI", "en", "Europe/Helsinki", "+35840", 7,
		strings.Fields(`Maria Juhani Helena Johannes Johanna Olavi Anneli Antero Kaarina Tapani Marjatta Kalevi Anna Tapio Liisa
			Matti Annikki Mikael Hannele Ilmari Sofia Pekka Elina Heikki Susanna Timo Katariina Jari Päivi Markku Tuula Kari Ritva
			Seppo Leena Antti Sirpa Jukka Eeva Hannu Aino Väinö Helmi Eino Sanni Onni Iida Leevi Venla Eetu`),
		strings.Fields(`Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen
			Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen Karjalainen Jokinen
			Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Väisänen Hiltunen Kallio Miettinen Leinonen Pitkänen Aaltonen
			Manninen Koivisto Hakala Anttila Laaksonen Hirvonen Räsänen Lehto Laakso Toivonen Mustonen Rantala Aalto Nurminen
			Partanen Moilanen Peltonen Hänninen Seppälä Kettunen Kemppainen Lappalainen Seppänen Salmi Halonen Kärkkäinen Nurmi`)},
	{"PT", "en", "Europe/Lisbon", "+35191", 7,
		strings.Fields(`Maria José Ana António Isabel João Teresa Manuel Sofia Francisco Catarina Carlos Joana Luís Beatriz Paulo
			Inês Pedro Mariana Rui Rita Fernando Carla Jorge Marta Miguel Patrícia Ricardo Sandra Nuno Cláudia Tiago Susana Bruno
			Mónica André Cristina Gonçalo Vânia Hugo Leonor Diogo Matilde Duarte Lurdes Estêvão Conceição Simão Graça`),
		strings.Fields(`Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes Gonçalves Gomes Lopes
			Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira Monteiro Cardoso Rocha
			Raposo Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes Matos Fonseca Machado Araújo Barbosa Tavares Lourenço
			Castro Figueiredo Azevedo Freitas Magalhães Henriques Lima Guerreiro Batista Pinheiro Faria Miranda Barros Morais
			Nogueira Esteves Anjos Baptista Campos Mota Andrade Brito Sá Nascimento Leite Abreu Borges Melo Vaz Assunção`)},
	{"TR", "en", "Europe/Istanbul", "+90532", 7,
		strings.Fields(`Fatma Mehmet Ayşe Mustafa Emine Ahmet Hatice Ali Zeynep Hüseyin Elif Hasan Meryem İbrahim Şerife İsmail
			Zehra Osman Sultan Yusuf Hanife Murat Merve Ömer Havva Ramazan Zeliha Halil Esra Süleyman Fadime Abdullah Özlem Mahmut
			Hacer Recep Yasemin Salih Hülya Fatih Sevim Kadir Gülşen Emre Büşra Hakan Kübra Adem Dilek Kemal Çiğdem Yaşar Tuğba`),
		strings.Fields(`Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç
			Kurt Özkan Şimşek Polat Korkmaz Özcan Çakır Erdoğan Yavuz Can Acar Şen Aktaş Güler Yalçın Güneş Bozkurt Bulut Keskin
			Ünal Turan Gül Özer Işık Kaplan Avcı Sarı Tekin Taş Köse Yüksel Ateş Aksoy Güngör Çoban Ceylan Yazıcı Başaran Duman`)},
}

var departments = []string{
	"Field Service", "Customer Support", "Sales", "Engineering", "Finance", "Human Resources", "Operations", "Logistics", "Purchasing",
	"Marketing", "Legal", "Quality", "Production", "Research", "Maintenance", "Information Security", "Facilities", "Training",
}

var ranks = []string{"", "", "", "", "Senior ", "Senior ", "Lead ", "Junior ", "Assistant ", "Regional ", "Deputy "}

var trades = []string{
	"Technician", "Service Engineer", "Account Manager", "Support Specialist", "Software Engineer", "Controller", "Accountant",
	"Recruiter", "Planner", "Buyer", "Project Manager", "Product Manager", "Analyst", "Electrician", "Mechanic", "Inspector",
	"Consultant", "Trainer", "Administrator", "Site Manager", "Dispatcher", "Designer", "Counsel", "Team Leader",
}
